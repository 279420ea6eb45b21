/** What an operating system's error means, with the cure where there is one. */
const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of this path is a file, not a folder",
  EISDIR: "it is a folder, not a file",
  EACCES: "this user may not read or write there",
  EPERM: "this user may not do that there",
  EROFS: "the disk is mounted read-only; mount it for writing or work in another folder",
  ENOSPC: "the disk is full: no space, or no free inodes (see df and df -i); free some and run again",
  EDQUOT: "this user's quota of the disk is used up; free space and run again",
  EMFILE: "this process has too many files open; raise the limit (ulimit -n) and run again",
  ENFILE: "the machine has too many files open; end other programs and run again",
  ELOOP: "its links lead round in a circle",
  ENAMETOOLONG: "the name is too long for this disk",
  EIO: "the disk or the device failed to read or write",
  ENXIO: "nothing is connected there",
}

/** The code of a system error ("ENOENT"), "" for anything else. */
export const systemCode = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : ""

/** A system error in words, without its path; undefined for what is no system error or has no words here. */
export const systemFault = (error: unknown): string | undefined => FAULTS[systemCode(error)]
