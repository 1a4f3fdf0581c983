import { Fragment, type ReactNode } from 'react';

/** Words with code between backticks, as the titles and hints of exercises are written. */
export const inlineCode = (text: string): ReactNode =>
  text.split('`').map((part, i) =>
    i % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never change places.
      <code key={i}>{part}</code>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never change places.
      <Fragment key={i}>{part}</Fragment>
    ),
  );
