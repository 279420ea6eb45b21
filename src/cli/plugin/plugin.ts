import type { CommandModule } from "yargs"
import { pluginTestCommand } from "./test.js"

export const pluginCommand: CommandModule = {
  command: "plugin <command>",
  describe: "Models, augmentations, metrics and report sections of one's own: test",
  builder: (yargs) => yargs.command(pluginTestCommand).demandCommand(1).strict(),
  handler: () => {},
}
