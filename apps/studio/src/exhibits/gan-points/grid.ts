/** The discriminator's opinion is asked at so many places a side. */
export const PLACES = 40;
/** Lines of the noise's grid each way, and places along each. */
export const LINES = 9;
export const ALONG = 33;
