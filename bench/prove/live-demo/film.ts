import { join } from "node:path"
import type { GrayImage } from "../../../src/shared/image/gray-image.js"
import { closeEyes, posedPictures } from "../../../test/support/face-frames.js"
import { type Shot, writeFilm } from "../../../test/support/fake-camera.js"

const FAR = 0.7
const NEAR = 0.97

/** Does what the pages may ask for, over and over: looks ahead, turns to either side (a side of which there is no picture
 *  is the other one's, mirrored), closes the eyes (simulated), comes closer (simulated). @param faces folder of the ORL faces @param take names the recording:
 *  no two have a frame in common, as frames that were accepted once are refused @returns the film's path, or undefined where no picture of the person shows a turned head */
export async function filmOfPerson(
  faces: string,
  person: number,
  folder: string,
  take: string,
): Promise<string | undefined> {
  const { straight, turnLeft, turnRight } = await posedPictures(faces, person)
  const turned = (own: readonly GrayImage[], other: readonly GrayImage[]): Shot | undefined => {
    const image = own.at(0) ?? other.at(0)
    return image && { image, seconds: 1.3, zoom: FAR, mirrored: own.length === 0 }
  }
  const [left, right] = [turned(turnLeft, turnRight), turned(turnRight, turnLeft)]
  if (left === undefined || right === undefined) return undefined
  const ahead = (i: number): Shot => ({ image: straight[i % straight.length], seconds: 1.6, zoom: FAR })
  const shots = [
    ...[ahead(0), left, ahead(1), right, ahead(2)],
    ...[{ ...ahead(2), image: await closeEyes(ahead(2).image), seconds: 1 }, ahead(2)],
    ...[{ ...ahead(3), zoom: NEAR }, ahead(3)],
  ]
  const path = join(folder, `person-${person}-${take}.y4m`)
  await writeFilm(path, shots, `person ${person} ${take}`)
  return path
}

/** A photo of the person, held before the camera: brought closer, turned round its edge (mirrored pictures), taken away. */
export async function filmOfPhoto(faces: string, person: number, folder: string): Promise<string> {
  const { straight } = await posedPictures(faces, person)
  const image = straight[0]
  const path = join(folder, `photo-${person}.y4m`)
  const shots: Shot[] = [
    { image, seconds: 2, zoom: FAR },
    { image, seconds: 1.5, zoom: NEAR },
    { image, seconds: 1.5, zoom: FAR, mirrored: true },
    { image, seconds: 1.5, zoom: 0.8 },
  ]
  await writeFilm(path, shots, `photo ${person}`)
  return path
}
