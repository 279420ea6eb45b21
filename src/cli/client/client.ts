import type { CommandModule } from "yargs"
import { enrollCommand } from "./enroll.js"
import { keyCommand } from "./key.js"
import { kioskCommand } from "./kiosk.js"
import { loginCommand } from "./login.js"
import { passwordCommand } from "./password.js"
import { scannerCommand } from "./scanner.js"

export const clientCommand: CommandModule = {
  command: "client <command>",
  describe: "Scanner-side client: key, enroll, login, password, kiosk, scanner",
  builder: (yargs) =>
    yargs
      .command(keyCommand)
      .command(enrollCommand)
      .command(loginCommand)
      .command(passwordCommand)
      .command(kioskCommand)
      .command(scannerCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
