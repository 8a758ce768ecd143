// Gathers what is said to another thread within one turn of the event loop into one message.

import { clock } from '../coroutine/clock.js';

export class Outbox<Message> {
  readonly #post: (messages: Message[]) => void;
  #messages: Message[] = [];

  constructor(post: (messages: Message[]) => void) {
    this.#post = post;
  }

  add(message: Message): void {
    if (this.#messages.push(message) > 1) return;
    clock.soon(() => {
      const messages = this.#messages;
      this.#messages = [];
      this.#post(messages);
    });
  }
}
