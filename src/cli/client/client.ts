import type { CommandModule } from "yargs"
import { enrollCommand } from "./enroll.js"
import { keyCommand } from "./key.js"
import { loginCommand } from "./login.js"

export const clientCommand: CommandModule = {
  command: "client <command>",
  describe: "Scanner-side client: key, enroll, login",
  builder: (yargs) =>
    yargs.command(keyCommand).command(enrollCommand).command(loginCommand).demandCommand(1).strict(),
  handler: () => {},
}
