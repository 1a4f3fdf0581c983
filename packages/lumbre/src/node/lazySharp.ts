/** sharp, loaded when it is first needed: most commands never look at a picture, and it takes a tenth of a second. */
export const loadSharp = async () => (await import('sharp')).default;
