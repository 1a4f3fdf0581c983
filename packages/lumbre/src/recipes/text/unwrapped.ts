/** Lines of one paragraph become one line: books are broken where a page ends. */
export const unwrapped = (text: string): string => text.replace(/([^\n])\n(?=[^\n])/g, '$1 ');
