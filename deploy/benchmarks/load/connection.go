package main

import (
	"bytes"
	"fmt"
	"net"
	"time"
)

// Connection is a connection kept open, with what was read from it and not yet looked at.
type Connection struct {
	socket net.Conn
	buffer []byte
	filled int
}

// How long an answer may take: longer than the service's own limits.
const patience = 60 * time.Second

// Dial opens a connection.
func Dial(address string) (*Connection, error) {
	socket, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &Connection{socket: socket, buffer: make([]byte, 16*1024)}, nil
}

// Exchange sends a request and reads its answer to the end; an error for anything but a 2xx with a length.
func (connection *Connection) Exchange(request []byte) error {
	if err := connection.socket.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := connection.socket.Write(request); err != nil {
		return err
	}
	head := -1
	for head < 0 {
		if err := connection.read(); err != nil {
			return err
		}
		head = bytes.Index(connection.buffer[:connection.filled], []byte("\r\n\r\n"))
	}
	length, err := contentLength(connection.buffer[:head+2])
	if err != nil {
		return err
	}
	whole := head + 4 + length
	for connection.filled < whole {
		if err := connection.read(); err != nil {
			return err
		}
	}
	if status := connection.buffer[9:12]; status[0] != '2' {
		return fmt.Errorf("status %s: %.300s", status, connection.buffer[head+4:whole])
	}
	connection.filled = copy(connection.buffer, connection.buffer[whole:connection.filled])
	return nil
}

func (connection *Connection) read() error {
	if connection.filled == len(connection.buffer) {
		connection.buffer = append(connection.buffer, make([]byte, len(connection.buffer))...)
	}
	n, err := connection.socket.Read(connection.buffer[connection.filled:])
	connection.filled += n
	return err
}

// contentLength finds the length of the body in the head of an answer.
func contentLength(head []byte) (int, error) {
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 ")) || len(head) < 14 {
		return 0, fmt.Errorf("no HTTP/1.1 answer: %.100q", head)
	}
	for _, line := range bytes.Split(head, []byte("\r\n")) {
		const name = "content-length:"
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name)) {
			length := 0
			for _, digit := range bytes.TrimSpace(line[len(name):]) {
				length = 10*length + int(digit-'0')
			}
			return length, nil
		}
	}
	return 0, fmt.Errorf("an answer without Content-Length: %.300q", head)
}
