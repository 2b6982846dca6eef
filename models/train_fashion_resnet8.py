#!/usr/bin/python3
"""Trains the residual network of the demonstration and exports it as ONNX.

Fashion-MNIST from Debian's dataset-fashion-mnist; needs Debian's python3-torch and python3-numpy.
The network's input is f32 of shape N x 1 x 28 x 28: pixels divided by 255, nothing else. Its output
is one logit for each of the ten classes. The seed fixes the result on one machine with one thread;
another version of torch gives slightly other weights.

The defaults take about twenty minutes of one core and give 92.75 % of the 10,000 test images.

    OMP_NUM_THREADS=1 /usr/bin/python3 models/train_fashion_resnet8.py
"""
import argparse
import gzip
import pathlib
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

IMAGE_HEADER_BYTES, LABEL_HEADER_BYTES = 16, 8  # of the IDX format


def load(folder, part):
    """Images as f32 in [0, 1], N x 1 x 28 x 28, and labels."""
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=IMAGE_HEADER_BYTES)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), numpy.uint8, offset=LABEL_HEADER_BYTES)
    images = torch.from_numpy(pixels.reshape(-1, 1, 28, 28).astype(numpy.float32) / 255)
    return images, torch.from_numpy(labels.astype(numpy.int64))


def conv(inputs, outputs, kernel, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs))


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut: the identity, or 1x1 where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = conv(inputs, outputs, 3, stride)
        self.second = conv(outputs, outputs, 3)
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else conv(inputs, outputs, 1, stride)

    def forward(self, x):
        return functional.relu(self.second(functional.relu(self.first(x))) + self.shortcut(x))


class ResNet8(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv(1, 16, 3)
        self.blocks = nn.Sequential(Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2))
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        x = self.blocks(functional.relu(self.stem(x)))
        return self.classifier(functional.adaptive_avg_pool2d(x, 1).flatten(1))


def augment(images, shift=1):
    """A random mirror image and a random shift by up to `shift` pixels for each picture."""
    count = len(images)
    flip = torch.rand(count) < 0.5
    images = torch.where(flip[:, None, None, None], images.flip(3), images)
    padded = functional.pad(images, [shift] * 4)
    rows = torch.randint(0, 2 * shift + 1, (count, 1)) + torch.arange(28)
    columns = torch.randint(0, 2 * shift + 1, (count, 1)) + torch.arange(28)
    batch = torch.arange(count)[:, None, None]
    return padded[batch, 0, rows[:, :, None], columns[:, None, :]].unsqueeze(1)


def accuracy(network, images, labels):
    network.eval()
    with torch.no_grad():
        right = sum((network(images[i:i + 500]).argmax(1) == labels[i:i + 500]).sum().item()
                    for i in range(0, len(labels), 500))
    return right / len(labels)


def train(network, images, labels, epochs, batch):
    steps = epochs * (len(labels) // batch)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4,
                                nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=0.2, total_steps=steps,
                                                   pct_start=0.15)
    start = time.time()
    for epoch in range(epochs):
        network.train()
        total = 0.0
        for chosen in torch.randperm(len(labels))[:steps // epochs * batch].split(batch):
            loss = functional.cross_entropy(network(augment(images[chosen])), labels[chosen],
                                            label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs}: loss {total * epochs / steps:.4f}, "
              f"{time.time() - start:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = pathlib.Path(__file__).parent
    parser.add_argument("--output", type=pathlib.Path, default=here / "fashion_resnet8.onnx")
    parser.add_argument("--data", type=pathlib.Path,
                        default=pathlib.Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    network = ResNet8().to(memory_format=torch.channels_last)
    train(network, *load(options.data, "train"), options.epochs, options.batch)
    top1 = accuracy(network, *load(options.data, "t10k"))
    print(f"test accuracy {100 * top1:.2f} %")
    torch.onnx.export(network.eval(), torch.zeros(1, 1, 28, 28), str(options.output),
                      opset_version=13, input_names=["image"], output_names=["logits"],
                      dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}})


if __name__ == "__main__":
    main()
