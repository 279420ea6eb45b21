import { AppError } from "../../shared/errors.js"
import type { Launcher } from "../../shared/launch/launcher.js"
import { slurmLauncher } from "../../shared/launch/slurm/slurm-launcher.js"
import { readSlurmProfile, SlurmSettings } from "../../shared/launch/slurm/slurm-settings.js"
import { launchFolder } from "../../train/run-record.js"

export interface LauncherChoice {
  readonly launcher: string
  readonly profile?: string | undefined
  readonly detach: boolean
}

/** What `--launcher`, `--profile` and `--detach` ask for; undefined: workers on this machine.
 *  @throws AppError "experiment/launcher" for options that do not go together, "slurm/profile" */
export async function chosenLauncher(
  { launcher, profile, detach }: LauncherChoice,
  say: (line: string) => void,
): Promise<((runFolder: string) => Launcher) | undefined> {
  if (launcher === "local") {
    if (profile === undefined && !detach) return undefined
    throw new AppError("experiment/launcher", "--profile and --detach belong to --launcher slurm; add it")
  }
  const settings = profile === undefined ? SlurmSettings.parse({}) : await readSlurmProfile(profile)
  const command = [
    process.execPath,
    ...process.argv.slice(1).filter((word) => !/^--detach(=.*)?$/.test(word)),
  ]
  return (runFolder) =>
    slurmLauncher(settings, {
      folder: launchFolder(runFolder),
      say,
      ...(detach ? { detach: { command } } : {}),
    })
}
