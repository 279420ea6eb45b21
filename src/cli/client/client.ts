import type { CommandModule } from "yargs"
import { enrollCommand } from "./enroll.js"
import { keyCommand } from "./key.js"
import { kioskCommand } from "./kiosk.js"
import { loginCommand } from "./login.js"
import { scannerCommand } from "./scanner.js"

export const clientCommand: CommandModule = {
  command: "client <command>",
  describe: "Scanner-side client: key, enroll, login, kiosk, scanner",
  builder: (yargs) =>
    yargs
      .command(keyCommand)
      .command(enrollCommand)
      .command(loginCommand)
      .command(kioskCommand)
      .command(scannerCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
