"""Find the browser of the tests, fetch it where none is installed, and print its path or the reason for having none."""

from tests.browser import executable

try:
    print(f"browser: {executable(fetch=True)}")
except LookupError as error:
    print(f"The tests in a browser are skipped. {error}")
