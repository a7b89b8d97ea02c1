"""A stand-in of one store's Shopify Admin REST API (orders, products, customers, shop)."""
