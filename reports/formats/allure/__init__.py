"""The Allure results of a record, and the page that Allure makes of them."""
