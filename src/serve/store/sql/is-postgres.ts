/** Whether a store lies in PostgreSQL, not in a SQLite file. */
export const isPostgres = (location: string): boolean => /^postgres(ql)?:\/\//.test(location)
