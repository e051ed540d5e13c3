"""Pure rules: values in, values out; no clock, no files, no threads."""
