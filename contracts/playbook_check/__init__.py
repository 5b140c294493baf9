"""Check of playbook files: every mistake with its line, and whether the evidence that a playbook needs can occur."""
