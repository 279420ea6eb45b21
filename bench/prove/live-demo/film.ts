import { join } from "node:path"
import { closeEyes, posedPictures } from "../../../test/support/face-frames.js"
import { writeFilm } from "../../../test/support/fake-camera.js"
import { acting } from "../pages/face-story.js"

/** Does whatever the pages may ask for, over and over; closed eyes and coming closer are simulated. @param faces folder
 *  of the ORL faces @param take names the recording: no two have a frame in common, as frames that were accepted once
 *  are refused @returns the film's path */
export async function filmOfPerson(faces: string, person: number, folder: string, take: string): Promise<string> {
  const posed = await posedPictures(faces, person)
  const look = { image: posed.straight[0], zoom: 0.7, seconds: 1 }
  const blink = { ...look, image: await closeEyes(look.image), seconds: 0.7 }
  const path = join(folder, `person-${person}-${take}.y4m`)
  await writeFilm(path, [...acting(posed), look, blink, look], `person ${person} ${take}`)
  return path
}
