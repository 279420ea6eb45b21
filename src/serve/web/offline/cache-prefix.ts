/** The names of the worker's caches begin so; a version follows. */
export const CACHE_PREFIX = "sourceprint-pages-"
