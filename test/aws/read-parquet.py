"""What two independent readers make of a Parquet file: DuckDB, and pandas by Apache Arrow. Prints types and rows as JSON."""

import json
import sys

import duckdb
import pandas

path = sys.argv[1]


def told(types, rows):
    return {"types": types, "rows": [[None if pandas.isna(cell) else cell for cell in row] for row in rows]}


relation = duckdb.read_parquet(path)
frame = pandas.read_parquet(path, engine="pyarrow", dtype_backend="pyarrow")
readers = {
    "duckdb": told(dict(zip(relation.columns, map(str, relation.types))), relation.fetchall()),
    "pandas": told({name: str(kind) for name, kind in frame.dtypes.items()}, frame.itertuples(index=False, name=None)),
}
json.dump(readers, sys.stdout)
