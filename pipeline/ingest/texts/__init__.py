"""What tables and lines of text are made of, before a row becomes a document or a drop.

json_lines    a JSONL file to lines, a line to its fields
parquet_rows  a Parquet file to rows, past what is damaged in it
column_values a column of any type to texts and numbers
field_names   which columns or fields hold text, id, URL and date; the sentences where none does
dates         a date of any kind to ISO 8601
"""
