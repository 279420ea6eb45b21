import { webLinks } from "../../../shared/text/web-links.js"

/** What a person wrote, as it was written: text nodes, and addresses of the web that open in a window which learns nothing
 *  about this one. */
export function LinkedText({ text }: { text: string }) {
  return (
    <>
      {webLinks(text).map((part, n) =>
        part.href === undefined ? (
          part.text
        ) : (
          <a key={n} href={part.href} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
            {part.text}
          </a>
        ),
      )}
    </>
  )
}
