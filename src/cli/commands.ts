import type { CommandModule } from "yargs"

/** Every command of `sourceprint`, in the order of `--help`. One file a command (or group), one word here. */
export const commands: readonly CommandModule<object, never>[] = []
