import type { Root } from 'hast';
import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import type { ReactNode } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import 'katex/dist/katex.min.css';

/** A compiled text that holds nothing but text and formulas, as the two sides of a card. */
export const renderText = (tree: Root): ReactNode =>
  toJsxRuntime(tree, { Fragment, jsx, jsxs, ignoreInvalidStyle: true });
