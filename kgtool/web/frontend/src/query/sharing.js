// A query in an address: before the "#" where it is short, so that it can be opened by anything; behind it where it is long,
// so that no server has to take it.

const LONG = 3000;

/** The query that the address of this page holds. */
export const asked = () => new URLSearchParams(location.search).get("query") ?? new URLSearchParams(location.hash.slice(1)).get("query");

export function linkTo(query) {
  const address = new URL(location.pathname, location), given = new URLSearchParams({ query }).toString();
  if (given.length < LONG) address.search = given;
  else address.hash = given;
  return address.href;
}
