/** Version of the database that reads JSON and Parquet, such as `v1.5.6`. */
export async function databaseVersion(): Promise<string> {
  const { version } = await import("@duckdb/node-api");
  return version();
}
