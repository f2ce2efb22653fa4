/** A node that references its neighbors, so that it can be removed in constant time. */
export interface Linked<T> {
  previous: T | undefined;
  next: T | undefined;
}

/** A doubly linked list in the order of appending. A node is in at most one list at a time. */
export class LinkedList<T extends Linked<T>> {
  first: T | undefined = undefined;
  last: T | undefined = undefined;
  size = 0;

  append(node: T): void {
    node.previous = this.last;
    if (this.last === undefined) {
      this.first = node;
    } else {
      this.last.next = node;
    }
    this.last = node;
    this.size++;
  }

  clear(): void {
    this.first = undefined;
    this.last = undefined;
    this.size = 0;
  }

  remove(node: T): void {
    if (node.previous === undefined) {
      this.first = node.next;
    } else {
      node.previous.next = node.next;
    }
    if (node.next === undefined) {
      this.last = node.previous;
    } else {
      node.next.previous = node.previous;
    }
    node.previous = undefined;
    node.next = undefined;
    this.size--;
  }
}
