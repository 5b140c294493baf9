"""Sales processes as data: one TOML file each, validated by `playbook.py`."""
