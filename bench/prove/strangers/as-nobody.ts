/** A user who may read only what is open to everybody, where the proof runs as one who may read all. */
export const NOBODY = process.getuid?.() === 0 ? { uid: 65_534 } : {}
