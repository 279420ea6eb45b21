import { AppError } from "@sourceprint/core/errors.js"
import { Confirmation } from "./constants.js"

/** What a confirmation code says and what to do about it. Source: R307 user manual v1.20 and R503 user manual v1.2.2,
 *  confirmation codes. */
const meanings: ReadonlyMap<number, readonly [code: string, text: string]> = new Map([
  [Confirmation.receiveError, ["receive", "it did not receive the command intact; check cable and ground"]],
  [Confirmation.noFinger, ["no-finger", "there is no finger on the platen"]],
  [Confirmation.enrolFail, ["no-image", "it could not take the image; lift the finger and place it again"]],
  [Confirmation.tooMessy, ["too-messy", "the print is too messy; dry the finger and the platen"]],
  [Confirmation.tooFewPoints, ["too-few-points", "too few ridge points; place more of the finger, press evenly"]],
  [Confirmation.noMatch, ["no-match", "the two templates are not of one finger"]],
  [Confirmation.notFound, ["not-found", "no stored template matches"]],
  [Confirmation.combineFail, ["combine", "the impressions do not belong to one finger; enrol again"]],
  [Confirmation.badPage, ["bad-page", "the template number lies outside its library"]],
  [Confirmation.templateRead, ["template-read", "the stored template is missing or damaged; enrol it again"]],
  [Confirmation.uploadTemplate, ["template-upload", "it could not send the template"]],
  [Confirmation.cannotReceiveData, ["cannot-receive", "it cannot receive the data packets"]],
  [Confirmation.uploadImage, ["image-upload", "it could not send the image; place the finger again"]],
  [Confirmation.deleteFail, ["delete", "it could not delete the template"]],
  [Confirmation.clearFail, ["clear", "it could not clear its library"]],
  [Confirmation.wrongPassword, ["wrong-password", "the password is wrong; give the right one with --password"]],
  [Confirmation.noPrimaryImage, ["no-image", "it holds no valid image; place the finger again"]],
  [Confirmation.flashError, ["flash", "it could not write its flash memory"]],
  [Confirmation.badRegister, ["bad-register", "it does not know this parameter"]],
  [Confirmation.badRegisterValue, ["bad-value", "it does not accept this value for the parameter"]],
  [Confirmation.badNotepadPage, ["bad-notepad-page", "the notepad has pages 0 to 15"]],
  [Confirmation.portFail, ["port", "its communication port failed"]],
  [Confirmation.libraryFull, ["library-full", "its library is full; delete templates first"]],
  [Confirmation.badAddress, ["address", "its address differs; give the right one with --address"]],
  [Confirmation.passwordNeeded, ["password-needed", "it wants its password first; give it with --password"]],
  [Confirmation.templateEmpty, ["template-empty", "the template is empty; enrol it again"]],
  [Confirmation.libraryEmpty, ["library-empty", "its library is empty"]],
  [Confirmation.timeout, ["timeout", "it waited too long"]],
  [Confirmation.alreadyStored, ["already-stored", "this finger is in its library already"]],
  [Confirmation.sensorFault, ["hardware", "its imaging sensor is faulty; replace the module"]],
  [Confirmation.unsupported, ["unsupported", "it does not know this instruction; is it the sensor that was chosen?"]],
  [Confirmation.hardwareFault, ["hardware", "its hardware is faulty; replace the module"]],
  [Confirmation.failed, ["failed", "it could not carry out the instruction"]],
])

const hex = (code: number): string => `0x${code.toString(16).padStart(2, "0")}`

/** The error of a confirmation code other than 0: "sensor/<word>", or "sensor/unknown-code" with its number. */
export function confirmationError(device: string, command: string, code: number): AppError {
  const [word, text] = meanings.get(code) ?? [
    "unknown-code",
    "a code the manual does not list; look it up in the module's own manual",
  ]
  return new AppError(`sensor/${word}`, `${device} answered ${command} with ${hex(code)}: ${text}`)
}
