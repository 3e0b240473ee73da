// The emulator with its defects mended from outside; prints its port, ends with its standard input.
'use strict';

const net = require('net');
const { routes } = require('telegram-test-api/lib/routes/index');
const { TelegramServer } = require('telegram-test-api/lib/telegramServer');

const POLL_MS = 200;

// It has no menus, and its getUpdates neither waits nor keeps what is not confirmed yet.
const answer = (result) => (_request, response) => response.json({ ok: true, result });
routes.unshift((app, server) => {
  app.all('/bot:token/setMyCommands', answer(true));
  app.all('/bot:token/getMe', answer({ id: 666, is_bot: true, first_name: 'Test', username: 'TestNameBot' }));
  app.all('/bot:token/editMessageText', (request, response) => {
    server.editMessageText(request.body);
    response.json({ ok: true, result: true }); // it answers null
  });
  app.all('/bot:token/getUpdates', (request, response) => {
    const offset = Number(request.body.offset || 0);
    const kept = (update) => update.botToken !== request.params.token || update.updateId >= offset;
    server.storage.userMessages = server.storage.userMessages.filter(kept);
    const waiting = server.storage.userMessages.filter((update) => update.botToken === request.params.token);
    const result = waiting.map((update) => TelegramServer.formatUpdate(update));
    setTimeout(() => response.json({ ok: true, result }), result.length ? 0 : POLL_MS);
  });
});

// It gives dates in milliseconds, and presses without what the Bot API promises of them.
const { addBotMessage } = TelegramServer.prototype;
TelegramServer.prototype.addBotMessage = function add(...given) {
  const message = addBotMessage.apply(this, given);
  return { ...message, date: Math.floor(message.date / 1000) };
};
const { formatUpdate } = TelegramServer;
TelegramServer.formatUpdate = (update) => {
  const formatted = formatUpdate(update);
  if (formatted.callback_query) {
    formatted.callback_query.chat_instance = '1';
  }
  return formatted;
};

const probe = net.createServer().listen(0, '127.0.0.1', () => {
  const { port } = probe.address();
  probe.close(async () => {
    await new TelegramServer({ port, host: '127.0.0.1', storeTimeout: 600 }).start();
    console.log(port);
  });
});
process.stdin.on('end', () => process.exit(0)).resume();
