import { useEffect, useRef } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import type { OutputOf } from '../../cell/output.ts';
import { outputMessages } from './messages.ts';

/** Small pictures are made about this large, by whole factors: their pixels stay squares. */
const COMFORTABLE = 300;

/** A picture, with crisp pixels. */
export function ImageView({ output }: { output: OutputOf<'image'> }) {
  const t = outputMessages(useLocale());
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, pixels, title } = output;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || pixels.length !== 4 * width * height) return;
    const picture = context.createImageData(width, height);
    picture.data.set(pixels);
    context.putImageData(picture, 0, 0);
  }, [width, height, pixels]);
  const factor = Math.max(1, Math.min(20, Math.floor(COMFORTABLE / Math.max(width, height))));
  const size = t('image', { width, height });
  return (
    <figure className="o-image">
      <figcaption className="o-caption">
        {title && <strong>{title}</strong>}
        <span className="muted">
          {width} × {height}
        </span>
      </figcaption>
      <canvas
        ref={canvas}
        width={width}
        height={height}
        style={{ width: width * factor }}
        role="img"
        aria-label={title ? `${title}. ${size}` : size}
      />
    </figure>
  );
}
