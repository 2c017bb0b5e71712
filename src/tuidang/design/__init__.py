"""The look: base templates, components, styles, numbers and dates in every language."""
