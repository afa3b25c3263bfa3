/* A browser lets no page read another from a folder: results without an excerpt are still results. */
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
