/** What no audit of deprecated columns can see, wherever it is asked: said in every JSON document, on a screen only to who asks. */
export const neverObserved: readonly string[] = [
  "who reads them on a standby that is not named by --replica: each has its own counters",
  "an INSERT of nothing but NULL or a default that the text a client sent does not list: in a function (a dependent), by EXECUTE, through a view, into a partition",
  "writes beyond the thousandth of one transaction: a row says that there were more",
  "a superuser who edits the catalog by hand; any other switching off of the triggers is seen as a changed witness",
];
