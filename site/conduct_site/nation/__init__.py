"""The demo nation: Cambodia's real structure with invented people, made by the product's own actions."""
