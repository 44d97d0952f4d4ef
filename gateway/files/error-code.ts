/** The system's code of a failed file operation (`ENOENT`, `EACCES`…), or the error in words when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
