/**
 * Shares one request among callers with the same question, so that many readers at one position cost the server little.
 * Callers that arrive while a request is in flight share the next request, because the answer to the current one may
 * already be stale.
 */
export class SharedAnswers<T> {
  private readonly inFlight = new Map<string, Promise<T>>();
  private readonly next = new Map<string, Promise<T>>();

  get(question: string, ask: () => Promise<T>): Promise<T> {
    const current = this.inFlight.get(question);
    if (current === undefined) {
      return this.ask(question, ask);
    }
    let next = this.next.get(question);
    if (next === undefined) {
      next = current
        .catch(() => undefined)
        .then(() => {
          this.next.delete(question);
          return this.ask(question, ask);
        });
      this.next.set(question, next);
    }
    return next;
  }

  private ask(question: string, ask: () => Promise<T>): Promise<T> {
    const asking = ask();
    this.inFlight.set(question, asking);
    const finish = () => {
      if (this.inFlight.get(question) === asking) {
        this.inFlight.delete(question);
      }
    };
    asking.then(finish, finish);
    return asking;
  }
}
