"""`make mutants`: the product made wrong in one place at a time, and the plan or test that must notice each.

`mutations.py` is the list. For each the product is copied, one text of it replaced, and the fault plan or the test that
is to notice run on the copy: it must fail, and say what the mutation makes wrong. Before, each of these plans and tests
is run once on a copy that was left alone, where it must pass.
"""
