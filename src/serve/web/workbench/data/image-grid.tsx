import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { ImageRow } from "@sourceprint/core/workbench/workbench-data.js"
import { useEffect } from "preact/hooks"
import { Button } from "../../ui/button.js"
import { Dialog } from "../../ui/dialog.js"
import { SelectField } from "../../ui/select-field.js"
import { fetchImage } from "../calls.js"

const ALL = ""
const AT_ONCE = 24
const SMALL_PX = 160
const LARGE_PX = 640

/** The images of a dataset, of one scanner or person where that is asked, some at a time. */
export function ImageGrid({ dataset, images }: { dataset: string; images: readonly ImageRow[] }) {
  const scanner = useSignal(ALL)
  const subject = useSignal(ALL)
  const most = useSignal(AT_ONCE)
  const open = useSignal<ImageRow | undefined>(undefined)
  const fits = (image: ImageRow): boolean =>
    (scanner.value === ALL || image.scanner === scanner.value) &&
    (subject.value === ALL || image.subject === subject.value)
  const found = images.filter(fits)
  const shown = found.slice(0, most.value)
  const choices = (of: (image: ImageRow) => string) => [
    { value: ALL, label: "every" },
    ...[...new Set(images.map(of))].filter((name) => name !== "").map((name) => ({ value: name, label: name })),
  ]
  const choose = (field: typeof scanner) => (value: string) => {
    field.value = value
    most.value = AT_ONCE
  }
  return (
    <>
      <div class="fields">
        <SelectField
          label="Scanner"
          choices={choices((image) => image.scanner)}
          value={scanner.value}
          onChoose={choose(scanner)}
        />
        <SelectField
          label="Person"
          choices={choices((image) => image.subject)}
          value={subject.value}
          onChoose={choose(subject)}
        />
      </div>
      <p role="status" class="hint">
        {found.length} images
      </p>
      <ul class="thumbnails">
        {shown.map((image) => (
          <li key={image.index}>
            <button type="button" onClick={() => (open.value = image)}>
              <Picture dataset={dataset} image={image} sidePx={SMALL_PX} />
              <span>{placeWords(image)}</span>
            </button>
          </li>
        ))}
      </ul>
      {shown.length < found.length && (
        <div class="actions">
          <Button onClick={() => (most.value += AT_ONCE)}>
            Show {Math.min(AT_ONCE, found.length - shown.length)} more of {found.length}
          </Button>
        </div>
      )}
      <Dialog title="Image" open={open.value !== undefined} onClose={() => (open.value = undefined)}>
        {open.value !== undefined && (
          <>
            <Picture dataset={dataset} image={open.value} sidePx={LARGE_PX} />
            <p class="hint mono">
              {open.value.path}, {open.value.size}
            </p>
          </>
        )}
        <div class="actions">
          <Button onClick={() => (open.value = undefined)}>Close</Button>
        </div>
      </Dialog>
    </>
  )
}

const placeWords = ({ scanner, subject, finger, impression, session }: ImageRow): string =>
  [scanner, subject, finger, session, impression].filter((part) => part !== "").join(" · ")

/** Fetched by the page's script, which holds the key. */
function Picture({ dataset, image, sidePx }: { dataset: string; image: ImageRow; sidePx: number }) {
  const url = useSignal<string | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  useEffect(() => {
    let over = false
    let made: string | undefined
    fetchImage(dataset, image.index, sidePx).then(
      (blob) => {
        if (over) return
        made = URL.createObjectURL(blob)
        url.value = made
      },
      (error: unknown) => {
        if (!over) failed.value = messageOf(error)
      },
    )
    return () => {
      over = true
      if (made !== undefined) URL.revokeObjectURL(made)
    }
  }, [dataset, image.index, sidePx])
  if (failed.value !== undefined) return <span class="error">{failed.value}</span>
  if (url.value === undefined) return <span class="picture-place" />
  return <img src={url.value} alt={`Fingerprint: ${placeWords(image)}`} />
}
