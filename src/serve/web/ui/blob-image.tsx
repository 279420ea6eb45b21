import { useEffect, useState } from "preact/hooks"

/** An image from bytes that are only here. */
export function BlobImage({ bytes, type, alt }: { bytes: Uint8Array; type: string; alt: string }) {
  const [url, setUrl] = useState<string | undefined>(undefined)
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes.slice()], { type }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [bytes, type])
  return url === undefined ? null : <img src={url} alt={alt} />
}
