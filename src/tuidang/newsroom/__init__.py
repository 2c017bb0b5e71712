"""The newsroom: news, statements of support, testimonies, events, service points, publications and pages, in three languages."""
