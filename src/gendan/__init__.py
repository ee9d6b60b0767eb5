"""gendan (跟单): purchase and sales orders, tracked line by line from request to stock."""
