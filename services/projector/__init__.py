"""Feeds the views: lanes of subjects, generations of tables, and the SQL face over them."""
