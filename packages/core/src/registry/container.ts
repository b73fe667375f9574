/** The dependency-injection container behind the registry. The only file that knows tsyringe. */
import "reflect-metadata";
import { container, type DependencyContainer } from "tsyringe";

/** Values by token, one container per run; a later registration of a token is refused by the caller, not here. */
export interface Container<T> {
  has(token: string): boolean;
  set(token: string, create: () => T): void;
  get(token: string): T;
}

/** A fresh container that shares nothing with others. */
export function createContainer<T>(): Container<T> {
  const child: DependencyContainer = container.createChildContainer();
  return {
    has: (token) => child.isRegistered(token),
    set: (token, create) => void child.register<T>(token, { useFactory: create }),
    get: (token) => child.resolve<T>(token),
  };
}
