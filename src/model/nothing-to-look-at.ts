/** What a check says whose population was empty: no finding, and no accusation. */
export const nothingToLookAt = "there was nothing to look at";
